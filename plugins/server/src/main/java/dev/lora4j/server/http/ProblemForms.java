package dev.lora4j.server.http;

import com.google.gson.JsonObject;
import java.util.Comparator;
import java.util.List;

/** The forms of errors by the beginnings of paths. */
final class ProblemForms {
  private final List<Routes.Form> forms;

  ProblemForms(List<Routes.Form> forms) {
    this.forms =
        forms.stream()
            .sorted(Comparator.comparing((Routes.Form f) -> f.prefix().length()).reversed())
            .toList();
  }

  /** The answer for a problem at a path, with the problem's status and headers. */
  HttpAnswer answer(String path, HttpProblem problem, String id) {
    ProblemForm form =
        forms.stream()
            .filter(f -> path.startsWith(f.prefix()))
            .map(Routes.Form::form)
            .findFirst()
            .orElse(ProblemForms::usual);
    HttpAnswer answer = form.answer(problem, id).status(problem.status());
    for (var header : problem.headers().entrySet()) {
      answer = answer.header(header.getKey(), header.getValue());
    }
    return answer;
  }

  private static HttpAnswer usual(HttpProblem problem, String id) {
    JsonObject error = new JsonObject();
    error.addProperty("message", problem.message());
    error.addProperty("status", problem.status());
    error.addProperty("request_id", id);
    JsonObject body = new JsonObject();
    body.add("error", error);
    return HttpAnswer.json(body.toString());
  }
}
