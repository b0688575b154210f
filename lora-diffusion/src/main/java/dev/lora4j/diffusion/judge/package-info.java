/** Scores of pictures: which style, which concept, how near to the true picture. */
@NullMarked
package dev.lora4j.diffusion.judge;

import org.jspecify.annotations.NullMarked;
