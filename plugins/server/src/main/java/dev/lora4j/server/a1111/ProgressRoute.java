package dev.lora4j.server.a1111;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.lora4j.server.catalogue.Tenants;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpRequest;
import java.util.List;
import java.util.Optional;

/** Answers {@code progress}, {@code interrupt} and {@code skip} for the requests of a tenant. */
final class ProgressRoute {
  /** Clients take 0 for a server that does nothing. */
  private static final double LEAST = 0.01;

  private final RunningRequests running;

  ProgressRoute(RunningRequests running) {
    this.running = running;
  }

  HttpAnswer progress(HttpRequest request) {
    List<RunningRequest> own = running.of(Tenants.of(request.principal()));
    List<RunningPicture> pictures = own.stream().flatMap(r -> r.pictures().stream()).toList();
    JsonObject body = new JsonObject();
    double progress = 0;
    double left = 0;
    if (!pictures.isEmpty()) {
      double share = pictures.stream().mapToDouble(RunningPicture::progress).average().orElse(0);
      progress = Math.min(1, LEAST + share);
      double passed = own.get(0).seconds();
      left = passed / progress - passed;
    }
    body.addProperty("progress", progress);
    body.addProperty("eta_relative", left);
    body.add("state", state(own, pictures));
    body.add("current_image", JsonNull.INSTANCE);
    body.add("textinfo", JsonNull.INSTANCE);
    if (!pictures.isEmpty()) {
      body.addProperty("textinfo", text(pictures));
    }
    body.add("current_task", JsonNull.INSTANCE);
    own.stream()
        .map(RunningRequest::task)
        .filter(task -> !task.isEmpty())
        .findFirst()
        .ifPresent(task -> body.addProperty("current_task", task));
    return HttpAnswer.json(body.toString());
  }

  private static JsonObject state(List<RunningRequest> own, List<RunningPicture> pictures) {
    Optional<RunningPicture> current = own.stream().flatMap(r -> r.current().stream()).findFirst();
    Optional<RunningRequest> first = own.stream().findFirst();
    JsonObject state = new JsonObject();
    state.addProperty("skipped", own.stream().anyMatch(RunningRequest::skipped));
    state.addProperty("interrupted", own.stream().anyMatch(RunningRequest::interrupted));
    state.addProperty("stopping_generation", false);
    state.addProperty("job", first.map(RunningRequest::job).orElse(""));
    state.addProperty("job_count", pictures.size());
    state.addProperty("job_timestamp", first.map(RunningRequest::stamp).orElse("0"));
    state.addProperty("job_no", pictures.stream().filter(RunningPicture::ended).count());
    state.addProperty("sampling_step", current.map(RunningPicture::step).orElse(0));
    state.addProperty("sampling_steps", current.map(RunningPicture::steps).orElse(0));
    return state;
  }

  private static String text(List<RunningPicture> pictures) {
    long waiting = pictures.stream().filter(p -> !p.begun() && !p.ended()).count();
    long made = pictures.stream().filter(p -> p.begun() && !p.ended()).count();
    return "Pictures being made: " + made + ", waiting: " + waiting + ".";
  }

  HttpAnswer interrupt(HttpRequest request) {
    running.of(Tenants.of(request.principal())).forEach(RunningRequest::interrupt);
    return HttpAnswer.json("{}");
  }

  HttpAnswer skip(HttpRequest request) {
    running.of(Tenants.of(request.principal())).forEach(RunningRequest::skip);
    return HttpAnswer.json("{}");
  }
}
