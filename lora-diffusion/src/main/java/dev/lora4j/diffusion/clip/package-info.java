/**
 * CLIP's text side: the vocabulary, the tokeniser, a trainer for small vocabularies, and the text
 * encoder that the ids go into.
 */
@NullMarked
package dev.lora4j.diffusion.clip;

import org.jspecify.annotations.NullMarked;
