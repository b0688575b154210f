/** What is said about a picture: how it varies from step to step, and what looks wrong in it. */
@NullMarked
package dev.lora4j.diffusion.dataset.caption;

import org.jspecify.annotations.NullMarked;
