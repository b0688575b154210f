package dev.lora4j.server.vllm;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpHandler;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.library.AdapterRefusalException;
import dev.lora4j.server.library.UnknownAdapterException;
import dev.lora4j.server.library.UnusableAdapterException;
import java.util.Map;

/** An error in vLLM's form: OpenAI's, with vLLM's types and the status as its code. */
final class VllmProblem extends HttpProblem {
  private static final long serialVersionUID = 1;
  private static final String INVALID = "InvalidUserInput";
  private static final String NOT_FOUND = "NotFoundError";
  private static final String INTERNAL = "InternalServerError";

  private final String type;
  private final String param;

  private VllmProblem(int status, String message, String type, String param) {
    super(status, message, Map.of());
    this.type = type;
    this.param = param;
  }

  /** A request that cannot be meant. */
  static VllmProblem invalid(String message, String param) {
    return new VllmProblem(400, message, INVALID, param);
  }

  /** A handler whose exceptions are answered in this form. */
  static HttpHandler handler(HttpHandler handler) {
    return request -> {
      try {
        return handler.handle(request);
      } catch (FieldException e) {
        throw invalid(String.valueOf(e.getMessage()), e.field());
      } catch (AdapterRefusalException e) {
        throw invalid(String.valueOf(e.getMessage()), "lora_name");
      } catch (UnknownAdapterException e) {
        throw new VllmProblem(404, String.valueOf(e.getMessage()), NOT_FOUND, "");
      } catch (UnusableAdapterException e) {
        throw new VllmProblem(500, String.valueOf(e.getMessage()), INTERNAL, "");
      }
    };
  }

  /** The answer to a problem. */
  static HttpAnswer answer(HttpProblem problem, String id) {
    JsonObject error = new JsonObject();
    error.addProperty("message", problem.message());
    if (problem instanceof VllmProblem own) {
      error.addProperty("type", own.type);
      if (own.param.isEmpty()) {
        error.add("param", JsonNull.INSTANCE);
      } else {
        error.addProperty("param", own.param);
      }
    } else {
      error.addProperty("type", type(problem.status()));
      error.add("param", JsonNull.INSTANCE);
    }
    error.addProperty("code", problem.status());
    JsonObject body = new JsonObject();
    body.add("error", error);
    return HttpAnswer.json(body.toString());
  }

  private static String type(int status) {
    return status == 404 ? NOT_FOUND : status < 500 ? "BadRequestError" : INTERNAL;
  }
}
