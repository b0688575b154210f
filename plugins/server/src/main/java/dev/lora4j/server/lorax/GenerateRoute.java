package dev.lora4j.server.lorax;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.catalogue.Tenants;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpRequest;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.server.text.TokenListener;
import dev.lora4j.server.work.JobTicket;
import dev.lora4j.text.pipeline.Completion;
import java.util.ArrayList;
import java.util.List;

/** Answers {@code POST /generate}, {@code /generate_stream} and {@code /}, which is either. */
final class GenerateRoute {
  private final ModelCatalogue models;
  private final MergedByModel merged = new MergedByModel();

  GenerateRoute(ModelCatalogue models) {
    this.models = models;
  }

  /** A stream, or one answer in a list, as the body says. */
  HttpAnswer either(HttpRequest request) throws Exception {
    JsonFields body = JsonFields.parse(request.text());
    return body.flag("stream", false) ? stream(request, body) : whole(request, body, true);
  }

  HttpAnswer generate(HttpRequest request) throws Exception {
    return whole(request, JsonFields.parse(request.text()), false);
  }

  HttpAnswer stream(HttpRequest request) {
    return stream(request, JsonFields.parse(request.text()));
  }

  private GenerateWork work(HttpRequest request, GenerateRequest asked) {
    return GenerateWork.of(models, merged, Tenants.of(request.principal()), asked);
  }

  private HttpAnswer whole(HttpRequest request, JsonFields body, boolean listed) throws Exception {
    RequestTimes times = new RequestTimes(TokenListener.NONE);
    GenerateWork work = work(request, GenerateRequest.of(body));
    List<JobTicket<Completion>> tickets = new ArrayList<>();
    try {
      times.queued();
      for (int i = 0; i < work.asked().bestOf(); i++) {
        tickets.add(work.submit(i, i == 0 ? times : TokenListener.NONE));
      }
      request.onDisconnect(() -> tickets.forEach(JobTicket::cancel));
      List<Completion> done = new ArrayList<>();
      for (JobTicket<Completion> ticket : tickets) {
        done.add(ticket.result().get());
      }
      JsonObject text = new GenerateAnswer(work).whole(done);
      int tokens = done.stream().mapToInt(one -> one.tokens().size()).sum();
      HttpAnswer answer = HttpAnswer.json((listed ? listed(text) : text).toString());
      return times
          .headers(work.headers(answer), tokens)
          .header("x-generated-tokens", Integer.toString(tokens))
          .header("x-skipped-tokens", "0")
          .header("x-total-tokens", Integer.toString(work.promptTokens() + tokens));
    } finally {
      tickets.forEach(JobTicket::cancel);
    }
  }

  private static JsonArray listed(JsonObject text) {
    JsonArray list = new JsonArray();
    list.add(text);
    return list;
  }

  /**
   * The text joins the queue before the answer begins, so that whatever is wrong with the request
   * is answered with its own status.
   */
  private HttpAnswer stream(HttpRequest request, JsonFields body) {
    GenerateRequest asked = GenerateRequest.of(body);
    if (asked.bestOf() > 1) {
      throw new FieldException(
          "parameters.best_of", "parameters.best_of must be 1 for a stream of tokens.");
    }
    GenerateWork work = work(request, asked);
    GenerateStream stream = GenerateStream.of(work);
    request.onDisconnect(stream::cancel);
    return work.headers(HttpAnswer.events(stream::write));
  }
}
