package dev.lora4j.spring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.emoji.EmojiSd;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.pipeline.Completion;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.SentenceEncoder;
import dev.lora4j.text.pipeline.TextPrompt;
import dev.lora4j.tinylm.TinyLm;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.content.Media;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.image.ImageGeneration;
import org.springframework.ai.image.ImageModel;
import org.springframework.ai.image.ImageOptions;
import org.springframework.ai.image.ImageOptionsBuilder;
import org.springframework.ai.image.ImagePrompt;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.MimeTypeUtils;
import reactor.core.publisher.Flux;

/** The models of one application with the bundled bases. */
@Timeout(300)
class Lora4jModelsTest {
  private static final String CITIZENS = "My fellow citizens, the";
  private static final float CLOSE = 1e-5f;

  @TempDir private static Path folder;
  private static ConfigurableApplicationContext application;

  @BeforeAll
  static void start() throws IOException {
    application =
        Application.start(
            "--lora4j.base=" + EmojiSd.folder(),
            "--lora4j.text=" + TinyLm.folder(),
            "--lora4j.encoder=" + SmallEncoder.write(folder.resolve("bert")),
            "--lora4j.adapters=" + EmojiSd.glossy().getParent(),
            "--lora4j.image.adapters.glossy=0.7",
            "--lora4j.image.steps=3",
            "--lora4j.image.seed=7",
            "--lora4j.chat.temperature=0",
            "--lora4j.chat.max-tokens=12");
  }

  @AfterAll
  static void stop() {
    application.close();
  }

  private static <T> T bean(Class<T> kind) {
    return application.getBean(kind);
  }

  private static byte[] own(double weight, long seed) {
    StableDiffusion sd = bean(StableDiffusion.class);
    MixPlan mix = MixPlan.of(sd.adapter(EmojiSd.glossy()), weight);
    return sd.generate(dev.lora4j.diffusion.request.Prompt.of("a fox").steps(3).seed(seed).mix(mix))
        .png();
  }

  private static byte[] bytes(ImageGeneration picture) {
    return Base64.getDecoder().decode(picture.getOutput().getB64Json());
  }

  @Test
  void picturesAreThoseOfTheLibrary() {
    ImageOptions two = ImageOptionsBuilder.builder().n(2).responseFormat("b64_json").build();
    List<ImageGeneration> pictures =
        bean(ImageModel.class).call(new ImagePrompt("a fox", two)).getResults();
    assertArrayEquals(own(0.7, 7), bytes(pictures.get(0)));
    assertArrayEquals(own(0.7, 8), bytes(pictures.get(1)));
    assertEquals(new SeedMetadata(8), pictures.get(1).getMetadata());
  }

  @Test
  void optionsOfOneRequestCount() {
    Lora4jImageOptions options =
        Lora4jImageOptions.NONE.seed(5).adapters(Map.of("glossy", 0.3)).size(64, 64);
    ImageGeneration picture =
        bean(ImageModel.class).call(new ImagePrompt("a fox", options)).getResult();
    assertArrayEquals(own(0.3, 5), bytes(picture));
  }

  @Test
  void imageOptionsThatCannotBeHonouredAreNamed() {
    ImageModel images = bean(ImageModel.class);
    assertNamed("style", () -> images.call(image(ImageOptionsBuilder.builder().style("vivid"))));
    assertNamed(
        "responseFormat",
        () -> images.call(image(ImageOptionsBuilder.builder().responseFormat("url"))));
    assertNamed(
        "'dall-e'", () -> images.call(image(ImageOptionsBuilder.builder().model("dall-e"))));
    assertNamed(
        "multiples of 16",
        () -> images.call(image(ImageOptionsBuilder.builder().width(60).height(64))));
    assertNamed(
        "belong together", () -> images.call(image(ImageOptionsBuilder.builder().width(64))));
    assertNamed(
        "no adapter '../base'",
        () ->
            images.call(
                new ImagePrompt("x", Lora4jImageOptions.NONE.adapters(Map.of("../base", 1.0)))));
  }

  private static ImagePrompt image(ImageOptionsBuilder options) {
    return new ImagePrompt("x", options.build());
  }

  private static void assertNamed(String part, Runnable work) {
    String message = String.valueOf(assertThrows(RuntimeException.class, work::run).getMessage());
    assertTrue(message.contains(part), message);
  }

  private static Completion own(TextPrompt prompt) {
    return bean(LanguageModel.class).generate(prompt);
  }

  @Test
  void answersAreThoseOfTheLibrary() {
    ChatResponse answer = bean(ChatModel.class).call(new Prompt(CITIZENS));
    Completion own = own(TextPrompt.of(CITIZENS).tokens(12));
    assertEquals(own.text(), answer.getResult().getOutput().getText());
    assertEquals("LENGTH", answer.getResult().getMetadata().getFinishReason());
    assertEquals(own.promptTokens(), answer.getMetadata().getUsage().getPromptTokens());
    assertEquals(12, answer.getMetadata().getUsage().getCompletionTokens());
    Prompt talk =
        new Prompt(
            new SystemMessage("Speak."),
            new UserMessage("My fellow"),
            new AssistantMessage("citizens"),
            new UserMessage("the"));
    assertEquals(
        own(TextPrompt.of("Speak.\nMy fellow\ncitizens\nthe").tokens(12)).text(),
        bean(ChatModel.class).call(talk).getResult().getOutput().getText());
  }

  @Test
  void chatOptionsReachTheModel() {
    Completion own =
        own(
            TextPrompt.of(CITIZENS)
                .tokens(20)
                .sampling(new SamplingSettings(1.1, 0.9, 40, 0.95, 0.01))
                .stops(List.of("."))
                .seed(5));
    ChatOptions options =
        Lora4jChatOptions.builder()
            .temperature(0.9)
            .topK(40)
            .topP(0.95)
            .maxTokens(20)
            .stopSequences(List.of("."))
            .seed(5)
            .minP(0.01)
            .repetitionPenalty(1.1)
            .build();
    ChatOptions copied = options.mutate().build();
    assertEquals(options, copied);
    ChatOptions combined =
        Lora4jChatOptions.builder().temperature(0.1).seed(1).combineWith(options.mutate()).build();
    assertEquals(options, combined);
    for (ChatOptions each : List.of(options, copied, combined)) {
      ChatResponse answer = bean(ChatModel.class).call(new Prompt(CITIZENS, each));
      assertEquals(own.text(), answer.getResult().getOutput().getText());
    }
  }

  @Test
  void threadsAskTogether() {
    List<CompletableFuture<String>> answers = new ArrayList<>();
    List<String> starts = List.of("My fellow citizens", "We the people", "The war");
    for (int i = 0; i < 9; i++) {
      String start = starts.get(i % 3);
      answers.add(CompletableFuture.supplyAsync(() -> bean(ChatModel.class).call(start)));
    }
    for (int i = 0; i < 9; i++) {
      String own = own(TextPrompt.of(starts.get(i % 3)).tokens(12)).text();
      assertEquals(own, answers.get(i).join());
    }
  }

  @Test
  void streamIsTheAnswer() {
    List<ChatResponse> parts =
        bean(ChatModel.class).stream(new Prompt(CITIZENS)).collectList().block();
    String text = "";
    for (ChatResponse part : parts) {
      text += part.getResult().getOutput().getText();
    }
    assertEquals(own(TextPrompt.of(CITIZENS).tokens(12)).text(), text);
    assertTrue(parts.size() > 3);
    ChatResponse last = parts.get(parts.size() - 1);
    assertEquals("LENGTH", last.getResult().getMetadata().getFinishReason());
    assertEquals(12, last.getMetadata().getUsage().getCompletionTokens());
  }

  @Test
  void cancelledStreamMakesRoom() {
    ChatOptions endless = ChatOptions.builder().maxTokens(400).build();
    List<Flux<ChatResponse>> streams = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      streams.add(bean(ChatModel.class).stream(new Prompt(CITIZENS, endless)).take(2));
    }
    List<ChatResponse> parts = Flux.merge(streams).collectList().block();
    assertEquals(32, parts.size());
    assertTrue(String.valueOf(bean(ChatModel.class).call(CITIZENS)).length() > 5);
  }

  @Test
  void chatOptionsThatCannotBeHonouredAreNamed() {
    assertRefused("frequencyPenalty", ChatOptions.builder().frequencyPenalty(0.5));
    assertRefused("presencePenalty", ChatOptions.builder().presencePenalty(0.5));
    assertRefused("'gpt'", ChatOptions.builder().model("gpt"));
    assertRefused("top_p", ChatOptions.builder().topP(2.0));
    assertRefused("no adapter", Lora4jChatOptions.builder().adapters(Map.of("nobody", 1.0)));
    Media media = new Media(MimeTypeUtils.IMAGE_PNG, URI.create("http://127.0.0.1/x.png"));
    Prompt picture = new Prompt(UserMessage.builder().text("x").media(media).build());
    assertNamed("media", () -> bean(ChatModel.class).call(picture));
    assertThrows(
        UnsupportedOperationException.class,
        () -> bean(ChatModel.class).stream(picture).blockLast());
  }

  private static void assertRefused(String part, ChatOptions.Builder<?> options) {
    assertNamed(part, () -> bean(ChatModel.class).call(new Prompt("x", options.build())));
  }

  @Test
  void embeddingsAreThoseOfTheLibrary() {
    EmbeddingModel embeddings = bean(EmbeddingModel.class);
    List<float[]> own = bean(SentenceEncoder.class).model().embeddings(List.of("a red fox", "fox"));
    EmbeddingResponse response = embeddings.embedForResponse(List.of("a red fox", "fox"));
    assertArrayEquals(own.get(0), response.getResults().get(0).getOutput(), CLOSE);
    assertArrayEquals(own.get(1), response.getResults().get(1).getOutput(), CLOSE);
    assertEquals(4, response.getMetadata().getUsage().getTotalTokens());
    assertArrayEquals(own.get(0), embeddings.embed(new Document("a red fox")), CLOSE);
    assertEquals(own.get(0).length, embeddings.dimensions());
    EmbeddingRequest shorter =
        new EmbeddingRequest(List.of("fox"), EmbeddingOptions.builder().dimensions(3).build());
    assertNamed("dimensions", () -> embeddings.call(shorter));
    assertNamed("1000 tokens", () -> embeddings.embed("fox ".repeat(1000)));
  }
}
