package dev.lora4j.clients;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiImageModel;
import dev.langchain4j.model.openai.OpenAiLanguageModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** LangChain4j's client of OpenAI's protocol. */
@Timeout(300)
class LangChain4jTest {
  @TempDir private static Path folder;
  private static ServedModels models;

  @BeforeAll
  static void open() throws IOException {
    models = new ServedModels(folder);
  }

  @AfterAll
  static void close() {
    models.close();
  }

  private static OpenAiChatModel.OpenAiChatModelBuilder chat() {
    return OpenAiChatModel.builder()
        .baseUrl(models.address())
        .apiKey("none")
        .modelName("tiny-lm")
        .temperature(0.0)
        .maxTokens(12)
        .maxRetries(0);
  }

  @Test
  void chatIsTheTextOfTheLibrary() {
    ChatResponse answer = chat().build().chat(UserMessage.from(ServedModels.CITIZENS));
    assertEquals(models.text(12), answer.aiMessage().text());
    assertEquals(FinishReason.LENGTH, answer.finishReason());
    assertEquals(12, answer.tokenUsage().outputTokenCount());
    String seeded = chat().temperature(0.9).seed(5).build().chat(ServedModels.CITIZENS);
    assertEquals(models.text(12, 0.9, 5), seeded);
  }

  @Test
  void stopAndLogProbabilitiesAreHonoured() {
    String whole = models.text(12);
    String stop = whole.substring(whole.length() / 2);
    ChatResponse answer =
        chat()
            .stop(List.of(stop))
            .logprobs(true)
            .topLogprobs(2)
            .build()
            .chat(UserMessage.from(ServedModels.CITIZENS));
    assertEquals(whole.substring(0, whole.indexOf(stop)), answer.aiMessage().text());
    assertEquals(FinishReason.STOP, answer.finishReason());
    OpenAiChatResponseMetadata metadata = (OpenAiChatResponseMetadata) answer.metadata();
    assertTrue(metadata.logProbs().get(0).logprob() <= 0);
  }

  @Test
  void streamIsTheChatAndCanBeCancelled() throws InterruptedException {
    OpenAiStreamingChatModel streaming =
        OpenAiStreamingChatModel.builder()
            .baseUrl(models.address())
            .apiKey("none")
            .modelName("tiny-lm")
            .temperature(0.0)
            .maxTokens(12)
            .build();
    StringBuilder text = new StringBuilder();
    CompletableFuture<ChatResponse> end = new CompletableFuture<>();
    streaming.chat(ServedModels.CITIZENS, handler(text, end, false));
    ChatResponse whole = end.join();
    assertEquals(models.text(12), text.toString());
    assertEquals(models.text(12), whole.aiMessage().text());
    assertEquals(12, whole.tokenUsage().outputTokenCount());

    StringBuilder first = new StringBuilder();
    streaming.chat(ServedModels.CITIZENS, handler(first, new CompletableFuture<>(), true));
    while (first.isEmpty()) {
      Thread.sleep(5);
    }
    assertEquals(models.text(12), chat().build().chat(ServedModels.CITIZENS));
  }

  private static StreamingChatResponseHandler handler(
      StringBuilder text, CompletableFuture<ChatResponse> end, boolean once) {
    return new StreamingChatResponseHandler() {
      @Override
      public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
        text.append(piece.text());
        if (once) {
          context.streamingHandle().cancel();
        }
      }

      @Override
      public void onCompleteResponse(ChatResponse response) {
        end.complete(response);
      }

      @Override
      public void onError(Throwable error) {
        end.completeExceptionally(error);
      }
    };
  }

  @Test
  void completionsEmbeddingsAndPicturesCome() {
    OpenAiLanguageModel language =
        OpenAiLanguageModel.builder()
            .baseUrl(models.address())
            .apiKey("none")
            .modelName("tiny-lm")
            .temperature(0.0)
            .build();
    String completion = language.generate(ServedModels.CITIZENS).content();
    assertTrue(completion.startsWith(models.text(12)), completion);
    for (String encoding : List.of("float", "base64")) {
      float[] vector =
          OpenAiEmbeddingModel.builder()
              .baseUrl(models.address())
              .apiKey("none")
              .modelName("bert")
              .encodingFormat(encoding)
              .build()
              .embed("a red fox")
              .content()
              .vector();
      assertArrayEquals(models.embedding("a red fox"), vector, 1e-5f, encoding);
    }
    String picture =
        OpenAiImageModel.builder()
            .baseUrl(models.address())
            .apiKey("none")
            .modelName("emoji-sd+glossy:0.7")
            .quality("low")
            .size("64x64")
            .build()
            .generate("a fox")
            .content()
            .base64Data();
    assertEquals(64 * 64, ServedModels.pixels(picture).length);
  }

  @Test
  void mistakesAreTypedExceptions() {
    assertThrows(ModelNotFoundException.class, () -> chat().modelName("gpt-4o").build().chat("x"));
    InvalidRequestException wrong =
        assertThrows(InvalidRequestException.class, () -> chat().topP(2.0).build().chat("x"));
    assertTrue(String.valueOf(wrong.getMessage()).contains("top_p"), wrong.getMessage());
    InvalidRequestException refused =
        assertThrows(
            InvalidRequestException.class,
            () -> chat().customParameters(Map.of("tools", List.of(Map.of()))).build().chat("x"));
    assertTrue(String.valueOf(refused.getMessage()).contains("tools"), refused.getMessage());
  }
}
