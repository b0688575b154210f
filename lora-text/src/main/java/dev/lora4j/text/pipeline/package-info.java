/** A language model with its tokeniser, as an application uses it. */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.lora4j.text.pipeline;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
