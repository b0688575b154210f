/** Tokenisers of language models: text to ids and back. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.text.token;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
