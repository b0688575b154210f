/** OpenAI's protocol: models, chats, completions, embeddings and pictures. */
@NullMarked
package dev.lora4j.server.openai;

import org.jspecify.annotations.NullMarked;
