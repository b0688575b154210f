package dev.lora4j.langchain4j;

import dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.lora4j.text.pipeline.SharedText;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * An answer on its way to its handler: what the session tells is handed over in order, one call at
 * a time, on other threads than the session's.
 */
final class StreamedAnswer implements StreamingHandle {
  private final ChatSession chats;
  private final StreamingChatResponseHandler handler;
  private final Executor threads;

  /** Calls that were not made yet; its monitor guards the fields below. */
  private final Deque<Runnable> calls = new ArrayDeque<>();

  private boolean busy;
  private boolean cancelled;
  private Optional<SharedText> text = Optional.empty();

  StreamedAnswer(ChatSession chats, StreamingChatResponseHandler handler, Executor threads) {
    this.chats = chats;
    this.handler = handler;
    this.threads = threads;
  }

  /** Takes the text whose pieces come, maybe after the first of them. */
  void begin(SharedText begun) {
    synchronized (calls) {
      text = Optional.of(begun);
      if (cancelled) {
        begun.cancel();
      }
    }
    begun
        .completion()
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                call(
                    () ->
                        InternalStreamingChatResponseHandlerUtils.onCompleteResponse(
                            handler, chats.response(done)));
              } else {
                call(
                    () ->
                        InternalStreamingChatResponseHandlerUtils.withLoggingExceptions(
                            () -> handler.onError(failure)));
              }
            });
  }

  void piece(String piece) {
    call(() -> InternalStreamingChatResponseHandlerUtils.onPartialResponse(handler, piece, this));
  }

  private void call(Runnable call) {
    synchronized (calls) {
      calls.add(call);
      if (busy) {
        return;
      }
      busy = true;
    }
    threads.execute(this::makeCalls);
  }

  private void makeCalls() {
    for (Optional<Runnable> next = next(); next.isPresent(); next = next()) {
      try {
        next.get().run();
      } catch (Error e) {
        // The handler's own; what comes after it is still told.
        threads.execute(this::makeCalls);
        throw e;
      }
    }
  }

  private Optional<Runnable> next() {
    synchronized (calls) {
      if (cancelled) {
        calls.clear();
      }
      Optional<Runnable> next = Optional.ofNullable(calls.poll());
      busy = next.isPresent();
      return next;
    }
  }

  @Override
  public void cancel() {
    synchronized (calls) {
      cancelled = true;
      text.ifPresent(SharedText::cancel);
    }
  }

  @Override
  public boolean isCancelled() {
    synchronized (calls) {
      return cancelled;
    }
  }
}
