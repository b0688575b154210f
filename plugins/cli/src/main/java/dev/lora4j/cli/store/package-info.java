/** Command store: many adapters in one folder, the bytes of each tensor once. */
@NullMarked
package dev.lora4j.cli.store;

import org.jspecify.annotations.NullMarked;
