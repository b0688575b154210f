/** GPT-NeoX and the models built like it: Pythia, Dolly. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.text.gptneox;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
