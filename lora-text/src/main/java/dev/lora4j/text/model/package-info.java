/** Language models from folders as transformers writes them. */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.lora4j.text.model;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
