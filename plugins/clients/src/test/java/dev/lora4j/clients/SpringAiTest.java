package dev.lora4j.clients;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.image.ImagePrompt;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.openai.OpenAiEmbeddingModel;
import org.springframework.ai.openai.OpenAiEmbeddingOptions;
import org.springframework.ai.openai.OpenAiImageModel;
import org.springframework.ai.openai.OpenAiImageOptions;

/** Spring AI's client of OpenAI's protocol. */
@Timeout(300)
class SpringAiTest {
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

  private static OpenAiChatOptions.Builder options() {
    OpenAiChatOptions.Builder builder = OpenAiChatOptions.builder();
    builder.baseUrl(models.address());
    builder.apiKey("none");
    builder.maxRetries(0);
    builder.model("tiny-lm");
    builder.temperature(0.0);
    builder.maxTokens(12);
    return builder;
  }

  private static OpenAiChatModel chat(OpenAiChatOptions.Builder options) {
    return OpenAiChatModel.builder().options(options.build()).build();
  }

  @Test
  void chatIsTheTextOfTheLibrary() {
    ChatResponse answer = chat(options()).call(new Prompt(ServedModels.CITIZENS));
    assertEquals(models.text(12), answer.getResult().getOutput().getText());
    assertEquals(
        "LENGTH", answer.getResult().getMetadata().getFinishReason().toUpperCase(Locale.ROOT));
    assertEquals(12, answer.getMetadata().getUsage().getCompletionTokens());
    OpenAiChatOptions.Builder seeded = options();
    seeded.temperature(0.9);
    seeded.seed(5);
    seeded.n(2);
    ChatResponse two = chat(seeded).call(new Prompt(ServedModels.CITIZENS));
    for (int i = 0; i < 2; i++) {
      assertEquals(models.text(12, 0.9, 5 + i), two.getResults().get(i).getOutput().getText());
    }
  }

  @Test
  void streamEndsWithUsage() {
    OpenAiChatOptions.Builder options = options();
    options.streamUsage(true);
    List<ChatResponse> parts =
        chat(options).stream(new Prompt(ServedModels.CITIZENS)).collectList().block();
    StringBuilder text = new StringBuilder();
    int tokens = 0;
    for (ChatResponse part : parts) {
      if (part.getResult() != null && part.getResult().getOutput().getText() != null) {
        text.append(part.getResult().getOutput().getText());
      }
      tokens = Math.max(tokens, part.getMetadata().getUsage().getCompletionTokens());
    }
    assertEquals(models.text(12), text.toString());
    assertEquals(12, tokens);
  }

  @Test
  void stopIsHonoured() {
    String whole = models.text(12);
    String stop = whole.substring(whole.length() / 2);
    OpenAiChatOptions.Builder options = options();
    options.stop(List.of(stop));
    ChatResponse answer = chat(options).call(new Prompt(ServedModels.CITIZENS));
    assertEquals(whole.substring(0, whole.indexOf(stop)), answer.getResult().getOutput().getText());
  }

  @Test
  void embeddingsAndPicturesCome() {
    OpenAiEmbeddingOptions.Builder embedding = OpenAiEmbeddingOptions.builder();
    embedding.baseUrl(models.address());
    embedding.apiKey("none");
    embedding.model("bert");
    float[] vector =
        OpenAiEmbeddingModel.builder().options(embedding.build()).build().embed("a red fox");
    assertArrayEquals(models.embedding("a red fox"), vector, 1e-5f);
    OpenAiImageOptions.Builder image = OpenAiImageOptions.builder();
    image.baseUrl(models.address());
    image.apiKey("none");
    image.model("emoji-sd+glossy:0.7");
    image.quality("low");
    image.responseFormat("b64_json");
    image.n(2);
    List<String> pictures =
        OpenAiImageModel.builder()
            .options(image.build())
            .build()
            .call(new ImagePrompt("a fox"))
            .getResults()
            .stream()
            .map(picture -> picture.getOutput().getB64Json())
            .toList();
    assertEquals(2, pictures.size());
    pictures.forEach(p -> assertEquals(64 * 64, ServedModels.pixels(p).length));
  }

  @Test
  void mistakesAreTypedExceptions() {
    OpenAiChatOptions.Builder unknown = options();
    unknown.model("gpt-4o");
    assertThrows(NotFoundException.class, () -> chat(unknown).call("x"));
    OpenAiChatOptions.Builder hot = options();
    hot.topP(2.0);
    BadRequestException wrong = assertThrows(BadRequestException.class, () -> chat(hot).call("x"));
    assertTrue(String.valueOf(wrong.getMessage()).contains("top_p"), wrong.getMessage());
  }
}
