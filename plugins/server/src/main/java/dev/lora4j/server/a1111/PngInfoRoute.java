package dev.lora4j.server.a1111;

import com.google.gson.JsonObject;
import dev.lora4j.diffusion.record.PngFile;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.http.HttpRequest;
import dev.lora4j.server.json.JsonFields;
import java.util.Map;

/** Answers {@code POST /sdapi/v1/png-info}: how a picture was made, as its file says. */
final class PngInfoRoute {
  private static final String FIELD = "image";

  private PngInfoRoute() {}

  static HttpAnswer info(HttpRequest request) {
    JsonFields body = JsonFields.parse(request.text());
    byte[] file =
        SentPictures.bytes(
            FIELD, body.any(FIELD).orElseThrow(() -> new HttpProblem(404, "Image not found")));
    Map<String, String> texts;
    try {
      texts = PngFile.texts(FIELD, file);
    } catch (IllegalArgumentException e) {
      throw A1111Problem.unusable(e.getMessage() + " Only PNG files say how they were made.");
    }
    String infotext = texts.getOrDefault(PngFile.PARAMETERS, "");
    JsonObject items = new JsonObject();
    texts.forEach(items::addProperty);
    JsonObject answer = new JsonObject();
    answer.addProperty("info", infotext);
    answer.add("items", items);
    answer.add("parameters", InfotextFields.of(infotext));
    return HttpAnswer.json(answer.toString());
  }
}
