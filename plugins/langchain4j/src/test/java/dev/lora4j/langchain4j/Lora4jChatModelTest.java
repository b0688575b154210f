package dev.lora4j.langchain4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.pipeline.Completion;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.TextPrompt;
import dev.lora4j.tinylm.TinyLm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The bundled language model as LangChain4j asks it. */
@Timeout(300)
class Lora4jChatModelTest {
  private static final String CITIZENS = "My fellow citizens, the";

  @TempDir private static Path folder;
  private static final List<String> heard = new ArrayList<>();
  private static Lora4jChatModel chat;
  private static Path adapter;

  @BeforeAll
  static void open() {
    ChatModelListener listener =
        new ChatModelListener() {
          @Override
          public void onResponse(ChatModelResponseContext context) {
            heard.add(context.chatResponse().aiMessage().text());
          }
        };
    chat =
        Lora4jChatModel.builder()
            .base(TinyLm.folder())
            .modelName("tiny-lm")
            .maxOutputTokens(12)
            .temperature(0)
            .listeners(List.of(listener))
            .build();
    adapter = SmallAdapter.write(folder.resolve("loud"), model().base().family());
  }

  @AfterAll
  static void close() {
    chat.close();
  }

  private static LanguageModel model() {
    return chat.session().model();
  }

  private static ChatRequest request(String text, ChatRequestParameters parameters) {
    return ChatRequest.builder().messages(UserMessage.from(text)).parameters(parameters).build();
  }

  @Test
  void answersAreThoseOfTheLibrary() {
    ChatResponse answer = chat.chat(UserMessage.from(CITIZENS));
    Completion own = model().generate(TextPrompt.of(CITIZENS).tokens(12));
    assertEquals(own.text(), answer.aiMessage().text());
    assertEquals(own.promptTokens(), answer.tokenUsage().inputTokenCount());
    assertEquals(12, answer.tokenUsage().outputTokenCount());
    assertEquals(FinishReason.LENGTH, answer.finishReason());
    assertEquals("tiny-lm", answer.modelName());
    assertTrue(heard.contains(own.text()), heard.toString());
  }

  @Test
  void parametersReachTheModel() {
    Lora4jChatRequestParameters parameters =
        Lora4jChatRequestParameters.builder()
            .modelName("tiny-lm")
            .temperature(0.9)
            .topK(40)
            .topP(0.95)
            .maxOutputTokens(20)
            .stopSequences("\n", " the")
            .minP(0.01)
            .repetitionPenalty(1.1)
            .seed(5)
            .build();
    Completion own =
        model()
            .generate(
                TextPrompt.of(CITIZENS)
                    .tokens(20)
                    .sampling(new SamplingSettings(1.1, 0.9, 40, 0.95, 0.01))
                    .stops(List.of("\n", " the"))
                    .seed(5));
    ChatResponse answer = chat.chat(request(CITIZENS, parameters));
    assertEquals(own.text(), answer.aiMessage().text());
    assertEquals(own.tokens().size(), answer.tokenUsage().outputTokenCount());
  }

  @Test
  void stopSequencesEndAnswers() {
    String whole = chat.chat(CITIZENS);
    String stop = whole.substring(whole.length() / 2);
    ChatResponse answer =
        chat.chat(request(CITIZENS, ChatRequestParameters.builder().stopSequences(stop).build()));
    assertEquals(whole.substring(0, whole.indexOf(stop)), answer.aiMessage().text());
    assertEquals(FinishReason.STOP, answer.finishReason());
  }

  @Test
  void conversationsAreReadWhole() {
    List<ChatMessage> messages =
        List.of(
            SystemMessage.from("Speak."),
            UserMessage.from(TextContent.from("My"), TextContent.from("fellow")),
            AiMessage.from("citizens"),
            UserMessage.from("the"));
    String own =
        model().generate(TextPrompt.of("Speak.\nMy\nfellow\ncitizens\nthe").tokens(12)).text();
    assertEquals(own, chat.chat(messages).aiMessage().text());
  }

  @Test
  void threadsAskTogetherWithAdaptersOfTheirOwn() {
    MixPlan mix = MixPlan.of(model().adapter(adapter), 0.5);
    List<MixPlan> mixes = List.of(MixPlan.NONE, mix);
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ChatRequestParameters own =
          Lora4jChatRequestParameters.builder().mix(mixes.get(i % 2)).build();
      answers.add(
          CompletableFuture.supplyAsync(
              () -> chat.chat(request(CITIZENS, own)).aiMessage().text()));
    }
    List<String> expected = new ArrayList<>();
    for (MixPlan one : mixes) {
      expected.add(model().generate(TextPrompt.of(CITIZENS).tokens(12).mix(one)).text());
    }
    assertNotEquals(expected.get(0), expected.get(1));
    for (int i = 0; i < 10; i++) {
      assertEquals(expected.get(i % 2), answers.get(i).join(), "answer " + i);
    }
  }

  @Test
  void adapterOfTheBuilderIsTheDefault() {
    try (Lora4jChatModel adapted =
        Lora4jChatModel.builder()
            .session(chat.session())
            .adapter(adapter, 0.5)
            .temperature(0)
            .maxOutputTokens(12)
            .build()) {
      MixPlan mix = MixPlan.of(model().adapter(adapter), 0.5);
      assertEquals(
          model().generate(TextPrompt.of(CITIZENS).tokens(12).mix(mix)).text(),
          adapted.chat(CITIZENS));
    }
    assertEquals(
        model().generate(TextPrompt.of(CITIZENS).tokens(12)).text(),
        chat.chat(CITIZENS),
        "closing a model leaves a session that was given");
  }

  private static Arguments refused(String name, UnaryOperator<ChatRequest.Builder> change) {
    return Arguments.of(name, change);
  }

  static Stream<Arguments> unsupported() {
    ToolSpecification tool = ToolSpecification.builder().name("weather").build();
    ToolExecutionRequest call = ToolExecutionRequest.builder().id("1").name("weather").build();
    return Stream.of(
        refused("toolSpecifications", r -> r.toolSpecifications(tool)),
        refused("toolChoice", r -> r.toolChoice(ToolChoice.REQUIRED)),
        refused("responseFormat", r -> r.responseFormat(ResponseFormat.JSON)),
        refused("frequencyPenalty", r -> r.frequencyPenalty(0.5)),
        refused("presencePenalty", r -> r.presencePenalty(-0.5)),
        refused("IMAGE", r -> r.messages(UserMessage.from(ImageContent.from("http://x/y.png")))),
        refused("toolExecutionRequests", r -> r.messages(AiMessage.from(call))),
        refused(
            "TOOL_EXECUTION_RESULT",
            r -> r.messages(ToolExecutionResultMessage.from(call, "sunny"))));
  }

  @ParameterizedTest
  @MethodSource("unsupported")
  void unsupportedIsRefusedByName(String name, UnaryOperator<ChatRequest.Builder> change) {
    ChatRequest request =
        change.apply(ChatRequest.builder().messages(UserMessage.from("x"))).build();
    String message =
        String.valueOf(
            assertThrows(UnsupportedFeatureException.class, () -> chat.chat(request)).getMessage());
    assertTrue(message.contains(name), message);
  }

  @Test
  void penaltiesOfZeroAndTextsAreNothing() {
    ChatRequestParameters parameters =
        ChatRequestParameters.builder()
            .frequencyPenalty(0.0)
            .presencePenalty(0.0)
            .responseFormat(ResponseFormat.TEXT)
            .build();
    assertEquals(chat.chat(CITIZENS), chat.chat(request(CITIZENS, parameters)).aiMessage().text());
  }

  @Test
  void wrongValuesAreInvalidRequests() {
    assertInvalid("top_p", ChatRequestParameters.builder().topP(1.5).build());
    assertInvalid("temperature", ChatRequestParameters.builder().temperature(-1.0).build());
    assertInvalid("token", ChatRequestParameters.builder().maxOutputTokens(0).build());
    String message =
        String.valueOf(
            assertThrows(InvalidRequestException.class, () -> chat.chat("citizens ".repeat(5000)))
                .getMessage());
    assertTrue(message.contains("tokens"), message);
    assertThrows(
        ModelNotFoundException.class,
        () -> chat.chat(request("x", ChatRequestParameters.builder().modelName("gpt").build())));
  }

  private static void assertInvalid(String part, ChatRequestParameters parameters) {
    String message =
        String.valueOf(
            assertThrows(InvalidRequestException.class, () -> chat.chat(request("x", parameters)))
                .getMessage());
    assertTrue(message.contains(part), message);
  }

  @Test
  void interruptedThreadEndsItsAnswer() throws InterruptedException {
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    ChatRequestParameters endless = ChatRequestParameters.builder().maxOutputTokens(400).build();
    Thread asking =
        new Thread(
            () -> {
              try {
                chat.chat(request("The", endless));
                failure.complete(new AssertionError("was not interrupted"));
              } catch (RuntimeException e) {
                failure.complete(e);
              }
            });
    asking.start();
    asking.interrupt();
    assertInstanceOf(CancellationException.class, failure.join());
    asking.join();
  }

  @Test
  void builderRefusesWhatHasNoEffect() {
    assertThrows(IllegalArgumentException.class, () -> Lora4jChatModel.builder().build());
    assertThrows(
        IllegalArgumentException.class,
        () -> Lora4jChatModel.builder().session(chat.session()).threads(1).build());
    assertThrows(
        IllegalArgumentException.class,
        () -> Lora4jChatModel.builder().session(chat.session()).base(TinyLm.folder()).build());
    assertThrows(
        IllegalArgumentException.class,
        () -> Lora4jChatModel.builder().session(chat.session()).context(64).build());
    // The bundled base's positions are the same at any length.
    assertThrows(
        ModelException.class,
        () -> Lora4jChatModel.builder().base(TinyLm.folder()).context(64).build());
  }
}
