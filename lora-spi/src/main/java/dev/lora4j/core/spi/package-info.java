/**
 * How others extend this library: extensions by point and name, their settings, and the jars that
 * bring them. Knows no point itself.
 */
@NullMarked
package dev.lora4j.core.spi;

import org.jspecify.annotations.NullMarked;
