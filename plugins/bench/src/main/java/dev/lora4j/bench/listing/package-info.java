/** Finding out what a folder of plug-ins brings. */
@NullMarked
package dev.lora4j.bench.listing;

import org.jspecify.annotations.NullMarked;
