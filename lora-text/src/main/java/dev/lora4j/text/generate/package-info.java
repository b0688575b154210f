/** Generation of tokens after prompts. */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.lora4j.text.generate;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
