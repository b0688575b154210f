/** Conversations as the text that a model was trained on: messages through its chat template. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.text.chat;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
