/** Training adapters of language models, by the loop of {@code core.train.run}. */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.lora4j.text.train;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
