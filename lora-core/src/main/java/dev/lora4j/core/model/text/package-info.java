/**
 * Text encoders of base models, of any kind: an extension point, the tokenisers of their prompts,
 * and their outputs.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.model.text;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
