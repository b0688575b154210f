/** How vocabularies of tokenizers are learned from texts. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.vocabulary;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
