/** Configurations of adapters: settings that their tensors do not carry. */
@NullMarked
package dev.lora4j.core.format.config;

import org.jspecify.annotations.NullMarked;
