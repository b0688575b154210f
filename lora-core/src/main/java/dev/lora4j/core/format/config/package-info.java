/** What the configuration of an adapter says that its tensors do not. */
@NullMarked
package dev.lora4j.core.format.config;

import org.jspecify.annotations.NullMarked;
