/** T5 and the models built like it: mT5, UMT5, FLAN-T5. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.text.t5;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
