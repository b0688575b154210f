package dev.lora4j.clients;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.images.Image;
import com.openai.models.images.ImageGenerateParams;
import com.openai.models.models.Model;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** OpenAI's own client for Java. */
@Timeout(300)
class OpenAiJavaTest {
  @TempDir private static Path folder;
  private static ServedModels models;
  private static OpenAIClient client;

  @BeforeAll
  static void open() throws IOException {
    models = new ServedModels(folder);
    client = OpenAIOkHttpClient.builder().baseUrl(models.address()).apiKey("none").build();
  }

  @AfterAll
  static void close() {
    client.close();
    models.close();
  }

  private static ChatCompletionCreateParams.Builder chat() {
    return ChatCompletionCreateParams.builder()
        .model("tiny-lm")
        .addUserMessage(ServedModels.CITIZENS)
        .temperature(0)
        .maxCompletionTokens(12);
  }

  private static String text(ChatCompletion.Choice choice) {
    return choice.message().content().orElseThrow();
  }

  @Test
  void modelsAreListed() {
    List<String> ids = client.models().list().data().stream().map(Model::id).toList();
    assertEquals(List.of("emoji-sd", "tiny-lm", "bert", "fast", "glossy"), ids);
    assertEquals("glossy", client.models().retrieve("glossy").id());
  }

  @Test
  void chatIsTheTextOfTheLibrary() {
    ChatCompletion answer = client.chat().completions().create(chat().build());
    assertEquals(models.text(12), text(answer.choices().get(0)));
    assertEquals(ChatCompletion.Choice.FinishReason.LENGTH, answer.choices().get(0).finishReason());
    assertEquals(12, answer.usage().orElseThrow().completionTokens());
  }

  @Test
  void streamEndsWithUsage() {
    ChatCompletionCreateParams request =
        chat()
            .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
            .build();
    StringBuilder text = new StringBuilder();
    long[] tokens = new long[1];
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(request)) {
      stream.stream()
          .forEach(
              chunk -> {
                chunk.choices().forEach(choice -> choice.delta().content().ifPresent(text::append));
                chunk.usage().ifPresent(usage -> tokens[0] = usage.completionTokens());
              });
    }
    assertEquals(models.text(12), text.toString());
    assertEquals(12, tokens[0]);
  }

  /** The client calls seeds deprecated; people still send them. */
  @SuppressWarnings("deprecation")
  @Test
  void seedsOfSeveralChoicesCountUp() {
    ChatCompletion answer =
        client.chat().completions().create(chat().temperature(0.9).seed(5).n(2).build());
    for (int i = 0; i < 2; i++) {
      assertEquals(models.text(12, 0.9, 5 + i), text(answer.choices().get(i)));
    }
  }

  @Test
  void stopAndLogProbabilitiesAreHonoured() {
    String whole = models.text(12);
    String stop = whole.substring(whole.length() / 2);
    ChatCompletion.Choice choice =
        client
            .chat()
            .completions()
            .create(chat().stop(stop).logprobs(true).topLogprobs(2).build())
            .choices()
            .get(0);
    assertEquals(whole.substring(0, whole.indexOf(stop)), text(choice));
    assertEquals(ChatCompletion.Choice.FinishReason.STOP, choice.finishReason());
    var tokens = choice.logprobs().orElseThrow().content().orElseThrow();
    assertEquals(2, tokens.get(0).topLogprobs().size());
    // Greedy: the chosen token is the likeliest.
    assertEquals(tokens.get(0).logprob(), tokens.get(0).topLogprobs().get(0).logprob());
  }

  @Test
  void completionsHaveTheirForm() {
    Completion answer =
        client
            .completions()
            .create(
                CompletionCreateParams.builder()
                    .model("tiny-lm")
                    .prompt(ServedModels.CITIZENS)
                    .temperature(0)
                    .maxTokens(9)
                    .logprobs(1)
                    .build());
    assertEquals(models.text(9), answer.choices().get(0).text());
    assertEquals(9, answer.choices().get(0).logprobs().orElseThrow().tokens().orElseThrow().size());
  }

  @Test
  void embeddingsComeInBothEncodings() {
    for (EmbeddingCreateParams.EncodingFormat format :
        List.of(
            EmbeddingCreateParams.EncodingFormat.FLOAT,
            EmbeddingCreateParams.EncodingFormat.BASE64)) {
      CreateEmbeddingResponse response =
          client
              .embeddings()
              .create(
                  EmbeddingCreateParams.builder()
                      .model("bert")
                      .input("a red fox")
                      .encodingFormat(format)
                      .build());
      List<Float> found = response.data().get(0).embedding();
      float[] own = models.embedding("a red fox");
      assertEquals(own.length, found.size());
      for (int i = 0; i < own.length; i++) {
        assertEquals(own[i], found.get(i), 1e-5f);
      }
      assertEquals(3, response.usage().totalTokens());
    }
  }

  @Test
  void picturesAreBase64() {
    List<Image> pictures =
        client
            .images()
            .generate(
                ImageGenerateParams.builder()
                    .model("emoji-sd+glossy:0.7")
                    .prompt("a fox")
                    .n(2)
                    .quality(ImageGenerateParams.Quality.LOW)
                    .responseFormat(ImageGenerateParams.ResponseFormat.B64_JSON)
                    .putAdditionalBodyProperty("seed", JsonValue.from(5))
                    .build())
            .data()
            .orElseThrow();
    for (int i = 0; i < 2; i++) {
      assertArrayEquals(
          models.fox(5 + i), ServedModels.pixels(pictures.get(i).b64Json().orElseThrow()));
    }
  }

  @Test
  void mistakesAreTypedExceptions() {
    NotFoundException missing =
        assertThrows(
            NotFoundException.class,
            () -> client.chat().completions().create(chat().model("gpt-4o").build()));
    assertEquals("model", missing.param().orElseThrow());
    assertTrue(String.valueOf(missing.getMessage()).contains("gpt-4o"), missing.getMessage());
    BadRequestException wrong =
        assertThrows(
            BadRequestException.class,
            () -> client.chat().completions().create(chat().topP(2).build()));
    assertEquals("top_p", wrong.param().orElseThrow());
    assertThrows(
        NotFoundException.class, () -> client.models().retrieve("glosy"), "a model of that name");
  }
}
