/** A denoiser's step as pictures need it, with and without adapters. */
@NullMarked
package dev.lora4j.bench.denoiser;

import org.jspecify.annotations.NullMarked;
