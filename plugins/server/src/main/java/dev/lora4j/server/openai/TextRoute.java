package dev.lora4j.server.openai;

import com.google.gson.JsonObject;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.catalogue.ServedModel;
import dev.lora4j.server.catalogue.Tenants;
import dev.lora4j.server.catalogue.Trouble;
import dev.lora4j.server.http.EventStream;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.http.HttpRequest;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.server.library.Tenant;
import dev.lora4j.server.text.TextService;
import dev.lora4j.server.work.JobTicket;
import dev.lora4j.text.pipeline.Completion;
import dev.lora4j.text.pipeline.TextPrompt;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Answers {@code POST /v1/chat/completions} and {@code POST /v1/completions}. */
final class TextRoute {
  private static final String DONE = "[DONE]";

  /**
   * What a request asks for.
   *
   * @param before what is repeated in front of each text
   */
  private record Asked(
      ServedModel<TextService> model,
      Tenant tenant,
      List<TextPrompt> prompts,
      List<String> before,
      TextAnswer answer,
      boolean usageAtEnd) {}

  /** Something that happened to one of the texts. */
  private sealed interface Event {}

  private record Piece(int index, String text) implements Event {}

  private record End(int index, Completion completion) implements Event {}

  private record Failed(Throwable reason) implements Event {}

  private final ModelCatalogue models;

  TextRoute(ModelCatalogue models) {
    this.models = models;
  }

  HttpAnswer chat(HttpRequest request) throws Exception {
    ChatRequest body = ChatRequest.of(JsonFields.parse(request.text()));
    Tenant tenant = Tenants.of(request.principal());
    ServedModel<TextService> model = models.text(tenant, body.model());
    TextAnswer answer = answer(true, request, model);
    Asked asked = new Asked(model, tenant, body.choices(), List.of(), answer, body.usageAtEnd());
    return body.stream() ? stream(asked) : whole(request, asked);
  }

  HttpAnswer complete(HttpRequest request) throws Exception {
    JsonFields fields = JsonFields.parse(request.text());
    Tenant tenant = Tenants.of(request.principal());
    ServedModel<TextService> model = models.text(tenant, fields.text("model").orElse(""));
    CompletionRequest body = CompletionRequest.of(fields, model.service().model().tokenizer());
    List<String> before =
        body.prompts().stream().map(prompt -> body.echo() ? prompt.text() : "").toList();
    Asked asked =
        new Asked(
            model,
            tenant,
            body.prompts(),
            before,
            answer(false, request, model),
            body.usageAtEnd());
    return body.stream() ? stream(asked) : whole(request, asked);
  }

  private static TextAnswer answer(
      boolean chat, HttpRequest request, ServedModel<TextService> model) {
    return new TextAnswer(
        chat,
        (chat ? "chatcmpl-" : "cmpl-") + request.id(),
        System.currentTimeMillis() / 1000,
        model.name(),
        new LogProbabilityJson(model.service().model().tokenizer()));
  }

  private static HttpAnswer whole(HttpRequest request, Asked asked) throws Exception {
    List<JobTicket<Completion>> tickets = new ArrayList<>();
    try {
      for (TextPrompt prompt : asked.prompts()) {
        tickets.add(
            asked
                .model()
                .service()
                .submit(asked.tenant(), prompt, asked.model().adapters(), piece -> {}));
      }
      request.onDisconnect(() -> tickets.forEach(JobTicket::cancel));
      List<Completion> done = new ArrayList<>();
      for (JobTicket<Completion> ticket : tickets) {
        done.add(ticket.result().get());
      }
      return HttpAnswer.json(asked.answer().whole(done, asked.before()).toString());
    } finally {
      tickets.forEach(JobTicket::cancel);
    }
  }

  private static HttpAnswer stream(Asked asked) {
    return HttpAnswer.events(
        stream -> {
          List<JobTicket<Completion>> tickets = new ArrayList<>();
          try {
            BlockingQueue<Event> events = new LinkedBlockingQueue<>();
            for (int i = 0; i < asked.prompts().size(); i++) {
              tickets.add(submit(asked, i, events));
            }
            stream.onDisconnect(() -> tickets.forEach(JobTicket::cancel));
            write(asked, stream, events);
          } catch (RuntimeException e) {
            throw Trouble.of(e).<RuntimeException>map(OpenAiProblem::of).orElse(e);
          } finally {
            tickets.forEach(JobTicket::cancel);
          }
        });
  }

  private static JobTicket<Completion> submit(Asked asked, int index, BlockingQueue<Event> events) {
    JobTicket<Completion> ticket =
        asked
            .model()
            .service()
            .submit(
                asked.tenant(),
                asked.prompts().get(index),
                asked.model().adapters(),
                piece -> events.add(new Piece(index, piece)));
    ticket.onEnd(
        done -> events.add(new End(index, done)), reason -> events.add(new Failed(reason)));
    return ticket;
  }

  /** Writes events as they come, so that no slow client keeps the batch waiting. */
  private static void write(Asked asked, EventStream stream, BlockingQueue<Event> events)
      throws InterruptedException {
    TextAnswer answer = asked.answer();
    for (int i = 0; i < asked.prompts().size(); i++) {
      if (answer.chat()) {
        stream.data(answer.begin(i).toString());
      }
      if (!asked.before().isEmpty() && !asked.before().get(i).isEmpty()) {
        stream.data(answer.piece(i, asked.before().get(i)).toString());
      }
    }
    List<Completion> done = new ArrayList<>();
    while (done.size() < asked.prompts().size()) {
      Event event = events.take();
      if (event instanceof Failed failed) {
        stream.data(failure(failed.reason()).toString());
        return;
      }
      JsonObject data =
          event instanceof End end
              ? answer.end(end.index(), end.completion())
              : answer.piece(((Piece) event).index(), ((Piece) event).text());
      if (!stream.data(data.toString())) {
        return;
      }
      if (event instanceof End end) {
        done.add(end.completion());
      }
    }
    if (asked.usageAtEnd()) {
      stream.data(answer.usageEvent(done).toString());
    }
    stream.data(DONE);
  }

  /** An event that clients raise as an error. */
  private static JsonObject failure(Throwable reason) {
    return OpenAiProblem.body(
        Trouble.of(reason)
            .<HttpProblem>map(OpenAiProblem::of)
            .orElseGet(() -> new HttpProblem(500, "The server failed; its log says why.")));
  }
}
