package dev.lora4j.text.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.text.chat.ChatMessage;
import dev.lora4j.text.generate.CacheLimits;
import dev.lora4j.text.generate.SamplingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SharedSessionTest {
  @TempDir private static Path temporary;
  private static Lora4j lora;
  private static LanguageModel model;

  @BeforeAll
  static void open() throws IOException {
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
    model = LanguageModel.open(lora, SmallModel.write(temporary.resolve("model")));
  }

  @AfterAll
  static void close() {
    model.close();
    lora.close();
  }

  private static TextPrompt prompt(int seed) {
    return TextPrompt.of("The cat").tokens(12).sampling(SamplingSettings.at(1)).seed(seed);
  }

  /** A text that does not end by itself, and says when it has begun. */
  private static SharedText endless(SharedSession session, Runnable begun) {
    TextPrompt prompt = TextPrompt.of("The").tokens(1000).stops(List.of("never"));
    return session.submit(prompt, piece -> begun.run());
  }

  @Test
  void threadsGetWhatTheyWouldGetAlone() {
    List<Completion> alone = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      alone.add(model.generate(prompt(i)));
    }
    try (SharedSession session = SharedSession.open(model, CacheLimits.rows(3))) {
      List<CompletableFuture<Completion>> asked = new ArrayList<>();
      for (int i = 0; i < 9; i++) {
        int seed = i;
        asked.add(CompletableFuture.supplyAsync(() -> session.submit(prompt(seed)).await()));
      }
      for (int i = 0; i < 9; i++) {
        assertEquals(alone.get(i), asked.get(i).join(), "text " + i);
      }
    }
    assertTrue(alone.stream().map(Completion::text).collect(Collectors.toSet()).size() > 1);
  }

  @Test
  void cancelledTextsMakeRoomForOthers() throws InterruptedException {
    try (SharedSession session = SharedSession.open(model, CacheLimits.rows(1))) {
      CountDownLatch begun = new CountDownLatch(1);
      SharedText first = endless(session, begun::countDown);
      SharedText never = session.submit(prompt(1));
      never.cancel();
      SharedText last = session.submit(prompt(2));
      begun.await();
      first.cancel();
      assertEquals(Completion.Ending.CANCELLED, first.await().ending());
      assertFalse(first.await().tokens().isEmpty());
      assertEquals(
          new Completion("", List.of(), never.promptTokens(), Completion.Ending.CANCELLED),
          never.await());
      assertEquals(model.generate(prompt(2)), last.await());
    }
  }

  @Test
  void failingListenerFailsItsTextAlone() {
    try (SharedSession session = SharedSession.open(model, CacheLimits.rows(2))) {
      SharedText failing =
          endless(
              session,
              () -> {
                throw new IllegalStateException("broken pipe");
              });
      SharedText other = session.submit(prompt(3));
      IllegalStateException failure = assertThrows(IllegalStateException.class, failing::await);
      assertEquals("broken pipe", failure.getMessage());
      assertEquals(model.generate(prompt(3)), other.await());
    }
  }

  @Test
  void promptsThatCannotBeReadAreRefusedAtOnce() {
    try (SharedSession session = SharedSession.open(model, CacheLimits.rows(1))) {
      TextPrompt tooLong = TextPrompt.of("The cat sat. ".repeat(1000));
      assertThrows(IllegalArgumentException.class, () -> session.submit(tooLong));
    }
  }

  @Test
  void messagesWithoutTemplateAreJoined() {
    List<ChatMessage> chat = List.of(ChatMessage.system("The cat sat."), ChatMessage.user("The"));
    try (SharedSession session = SharedSession.open(model, CacheLimits.rows(1))) {
      assertEquals(
          model.generate(TextPrompt.of("The cat sat.\nThe").tokens(5)),
          session.submit(TextPrompt.chat(chat).tokens(5)).await());
    }
  }

  @Test
  void closingEndsWhoeverWaits() throws InterruptedException {
    SharedSession session = SharedSession.open(model, CacheLimits.rows(1));
    CountDownLatch begun = new CountDownLatch(1);
    SharedText live = endless(session, begun::countDown);
    SharedText waiting = session.submit(prompt(1));
    begun.await();
    session.close();
    assertThrows(CancellationException.class, live::await);
    assertThrows(CancellationException.class, waiting::await);
    assertThrows(IllegalStateException.class, () -> session.submit(prompt(1)));
  }

  @Test
  void interruptedWaitCancelsTheText() {
    try (SharedSession session = SharedSession.open(model, CacheLimits.rows(1))) {
      SharedText text = endless(session, () -> {});
      Thread.currentThread().interrupt();
      assertThrows(CancellationException.class, text::await);
      assertTrue(Thread.interrupted());
      assertEquals(Completion.Ending.CANCELLED, text.await().ending());
    }
  }
}
