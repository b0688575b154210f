/** Training data of language models: texts, conversations and pairs, as token ids in batches. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.text.data;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
