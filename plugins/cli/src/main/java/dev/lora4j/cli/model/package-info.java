/** Base models and devices of commands: options, engines with a base loaded. */
@NullMarked
package dev.lora4j.cli.model;

import org.jspecify.annotations.NullMarked;
