/**
 * CLIP's text side: the vocabulary, the tokeniser, a trainer for small vocabularies, and the text
 * encoder that the ids go into.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.clip;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
