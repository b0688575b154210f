/** Pictures, chats and embeddings as models of LangChain4j, in the same process. */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.lora4j.langchain4j;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
