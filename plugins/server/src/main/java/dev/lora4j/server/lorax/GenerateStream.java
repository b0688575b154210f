package dev.lora4j.server.lorax;

import com.google.gson.JsonObject;
import dev.lora4j.server.catalogue.Trouble;
import dev.lora4j.server.http.EventStream;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.text.TokenListener;
import dev.lora4j.server.work.JobTicket;
import dev.lora4j.text.generate.TokenChoice;
import dev.lora4j.text.pipeline.Completion;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A text on its way to a client, an event for each token. */
final class GenerateStream {
  /** Something that happened to the text. */
  private sealed interface Event {}

  private record Token(TokenChoice choice, boolean last) implements Event {}

  private record End(Completion completion) implements Event {}

  private record Failed(Throwable reason) implements Event {}

  private final GenerateAnswer answer;
  private final TokenTexts texts;
  private final BlockingQueue<Event> events;
  private final JobTicket<Completion> ticket;

  private GenerateStream(
      GenerateWork work, BlockingQueue<Event> events, JobTicket<Completion> ticket) {
    this.answer = new GenerateAnswer(work);
    this.texts = work.texts();
    this.events = events;
    this.ticket = ticket;
  }

  /** Asks for the text; events are kept until they are written. */
  static GenerateStream of(GenerateWork work) {
    BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    JobTicket<Completion> ticket =
        work.submit(
            0,
            new TokenListener() {
              @Override
              public void joined() {}

              @Override
              public void token(TokenChoice choice, boolean last) {
                events.add(new Token(choice, last));
              }
            });
    ticket.onEnd(done -> events.add(new End(done)), reason -> events.add(new Failed(reason)));
    return new GenerateStream(work, events, ticket);
  }

  /** Gives the text up. */
  void cancel() {
    ticket.cancel();
  }

  /** Writes events as they come, so that no slow client keeps the batch waiting. */
  void write(EventStream stream) throws InterruptedException {
    stream.onDisconnect(this::cancel);
    try {
      boolean there = true;
      while (there) {
        Event event = events.take();
        if (event instanceof Token token) {
          // The last token is told together with the end, which comes next.
          there =
              token.last()
                  ? end(stream, token.choice(), events.take())
                  : stream.data(answer.event(texts, token.choice()).toString());
        } else {
          there = false;
          if (event instanceof Failed failed) {
            stream.data(failure(failed.reason()).toString());
          }
        }
      }
    } finally {
      cancel();
    }
  }

  private boolean end(EventStream stream, TokenChoice choice, Event event) {
    JsonObject data =
        event instanceof End end
            ? answer.end(texts, choice, end.completion())
            : failure(event instanceof Failed failed ? failed.reason() : new AssertionError());
    stream.data(data.toString());
    return false;
  }

  private static JsonObject failure(Throwable reason) {
    return LoraxProblem.body(
        Trouble.of(reason)
            .<HttpProblem>map(LoraxProblem::of)
            .orElseGet(() -> new HttpProblem(500, "The server failed; its log says why.")));
  }
}
