/** Mixers that decide anew at each step: whose turn it is, and what becomes of several outputs. */
@NullMarked
package dev.lora4j.mixers.steps;

import org.jspecify.annotations.NullMarked;
