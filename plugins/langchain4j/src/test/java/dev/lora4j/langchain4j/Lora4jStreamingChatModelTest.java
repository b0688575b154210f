package dev.lora4j.langchain4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.lora4j.text.pipeline.Completion;
import dev.lora4j.text.pipeline.TextPrompt;
import dev.lora4j.tinylm.TinyLm;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams of the bundled language model. */
@Timeout(300)
class Lora4jStreamingChatModelTest {
  private static final String CITIZENS = "My fellow citizens, the";

  private static Lora4jChatModel chat;
  private static Lora4jStreamingChatModel streaming;

  @BeforeAll
  static void open() {
    chat =
        Lora4jChatModel.builder().base(TinyLm.folder()).temperature(0).maxOutputTokens(16).build();
    streaming = greedy();
  }

  private static Lora4jStreamingChatModel greedy() {
    return Lora4jStreamingChatModel.builder()
        .session(chat.session())
        .temperature(0)
        .maxOutputTokens(16)
        .build();
  }

  @AfterAll
  static void close() {
    streaming.close();
    chat.close();
  }

  /** What a handler was told. */
  private static class Told implements StreamingChatResponseHandler {
    final List<String> pieces = new CopyOnWriteArrayList<>();
    final CompletableFuture<ChatResponse> end = new CompletableFuture<>();

    @Override
    public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
      pieces.add(piece.text());
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
      end.complete(response);
    }

    @Override
    public void onError(Throwable error) {
      end.completeExceptionally(error);
    }
  }

  private static ChatRequest endless() {
    return ChatRequest.builder()
        .messages(UserMessage.from("The"))
        .parameters(ChatRequestParameters.builder().maxOutputTokens(400).build())
        .build();
  }

  @Test
  void piecesAreTheAnswer() {
    Told told = new Told();
    streaming.chat(CITIZENS, told);
    ChatResponse whole = told.end.join();
    Completion own = chat.session().model().generate(TextPrompt.of(CITIZENS).tokens(16));
    assertEquals(own.text(), whole.aiMessage().text());
    assertEquals(own.text(), String.join("", told.pieces));
    assertTrue(told.pieces.size() > 3, told.pieces.toString());
    assertEquals(own.promptTokens(), whole.tokenUsage().inputTokenCount());
    assertEquals(16, whole.tokenUsage().outputTokenCount());
  }

  @Test
  void cancelledStreamTellsNoMore() throws InterruptedException {
    CountDownLatch cancelled = new CountDownLatch(1);
    Told told =
        new Told() {
          @Override
          public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
            super.onPartialResponse(piece, context);
            context.streamingHandle().cancel();
            assertTrue(context.streamingHandle().isCancelled());
            cancelled.countDown();
          }
        };
    streaming.chat(endless(), told);
    cancelled.await();
    // The row is free again, and what another answer is told comes after all of this one.
    Told next = new Told();
    streaming.chat(CITIZENS, next);
    next.end.join();
    assertEquals(1, told.pieces.size());
    assertFalse(told.end.isDone());
  }

  /** Both handlers wait for the other's stream, and one asks the model meanwhile. */
  @Test
  void slowHandlersKeepNobodyWaiting() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    Told[] told = new Told[2];
    for (int i = 0; i < 2; i++) {
      told[i] =
          new Told() {
            @Override
            public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
              super.onPartialResponse(piece, context);
              both.countDown();
              try {
                both.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              if (pieces.size() == 1) {
                assertNotEquals("", chat.chat(CITIZENS));
              }
            }
          };
      streaming.chat(CITIZENS, told[i]);
    }
    for (Told one : told) {
      String whole = one.end.get(60, TimeUnit.SECONDS).aiMessage().text();
      assertEquals(whole, String.join("", one.pieces));
    }
  }

  @Test
  void failingHandlerHearsOfItAndTheStreamGoesOn() {
    CompletableFuture<Throwable> error = new CompletableFuture<>();
    Told told =
        new Told() {
          @Override
          public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
            super.onPartialResponse(piece, context);
            if (pieces.size() == 1) {
              throw new IllegalStateException("full");
            }
          }

          @Override
          public void onError(Throwable failure) {
            error.complete(failure);
          }
        };
    streaming.chat(CITIZENS, told);
    assertEquals("full", error.join().getMessage());
    String whole = told.end.join().aiMessage().text();
    assertEquals(whole, String.join("", told.pieces));
  }

  @Test
  void unsupportedIsThrownAtOnce() {
    ChatRequest request =
        ChatRequest.builder().messages(UserMessage.from("x")).presencePenalty(1.0).build();
    assertThrows(UnsupportedFeatureException.class, () -> streaming.chat(request, new Told()));
  }

  @Test
  void closingTellsOpenStreams() throws InterruptedException {
    Lora4jStreamingChatModel own =
        Lora4jStreamingChatModel.builder().base(TinyLm.folder()).threads(1).build();
    CountDownLatch begun = new CountDownLatch(1);
    Told told =
        new Told() {
          @Override
          public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
            begun.countDown();
          }
        };
    own.chat(endless(), told);
    begun.await();
    own.close();
    Throwable failure = assertThrows(Exception.class, told.end::join);
    assertInstanceOf(
        CancellationException.class, failure.getCause() == null ? failure : failure.getCause());
    own.close();
    assertThrows(IllegalStateException.class, () -> own.chat(endless(), new Told()));
  }
}
