/**
 * What a text encoder of a base model is, whatever its kind: an extension point, how prompts become
 * tokens for it, and what it makes of them.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.text;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
