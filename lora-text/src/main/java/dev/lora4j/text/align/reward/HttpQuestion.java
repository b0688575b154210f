package dev.lora4j.text.align.reward;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.text.align.RewardException;
import dev.lora4j.text.align.RewardRequest;
import dev.lora4j.text.align.Rollout;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Request for rewards to another program, asked again where that may help. */
final class HttpQuestion {
  private static final int OK = 200;
  private static final int MOVED = 300;
  private static final int WRONG = 400;
  private static final int TOO_MANY = 429;
  private static final int FAULT = 500;

  /** Milliseconds before it is asked again; twice as many before each time after. */
  private static final long PAUSE = 250;

  /** Characters of an answer that a message shows. */
  private static final int SHOWN = 200;

  /** One for all: each has threads and connections. Made when it is first needed. */
  private static final class Shared {
    static final HttpClient CLIENT =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  private final String function;
  private final RewardRequest request;
  private final HttpRequest posted;
  private final CompletableFuture<List<OptionalDouble>> rewards = new CompletableFuture<>();

  HttpQuestion(String function, URI address, Duration timeout, RewardRequest request) {
    this.function = function;
    this.request = request;
    this.posted =
        HttpRequest.newBuilder(address)
            .timeout(timeout)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body(request)))
            .build();
  }

  private static String body(RewardRequest request) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("step", request.step());
    body.put("prompts", request.rollouts().stream().map(Rollout::prompt).toList());
    body.put("completions", request.rollouts().stream().map(Rollout::completion).toList());
    body.put("columns", request.rollouts().stream().map(Rollout::columns).toList());
    return new Gson().toJson(body);
  }

  /** Sends it; cancelling what it returns ends the connection. */
  CompletableFuture<List<OptionalDouble>> ask(int retries) {
    send(retries, PAUSE);
    return rewards;
  }

  private void send(int retries, long pause) {
    if (rewards.isDone()) {
      return;
    }
    CompletableFuture<HttpResponse<String>> sent =
        Shared.CLIENT.sendAsync(posted, HttpResponse.BodyHandlers.ofString());
    CompletionStage<List<OptionalDouble>> done = rewards;
    done.whenComplete((given, failure) -> sent.cancel(true));
    CompletionStage<HttpResponse<String>> received = sent;
    received.whenComplete((response, failure) -> answered(response, failure, retries, pause));
  }

  private void answered(
      @Nullable HttpResponse<String> response,
      @Nullable Throwable failure,
      int retries,
      long pause) {
    try {
      if (retries > 0 && passing(response, failure)) {
        CompletableFuture.delayedExecutor(pause, TimeUnit.MILLISECONDS)
            .execute(() -> send(retries - 1, 2 * pause));
      } else if (response == null) {
        throw unreachable(failure == null ? new IOException("no answer") : failure);
      } else {
        rewards.complete(read(response));
      }
    } catch (RuntimeException e) {
      rewards.completeExceptionally(e);
    }
  }

  /** Returns true if it may be otherwise in a moment. */
  private static boolean passing(
      @Nullable HttpResponse<String> response, @Nullable Throwable failure) {
    return response == null
        ? cause(failure) instanceof IOException io && !(io instanceof HttpTimeoutException)
        : response.statusCode() == TOO_MANY || response.statusCode() >= FAULT;
  }

  private static @Nullable Throwable cause(@Nullable Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  private RewardException unreachable(Throwable failure) {
    Throwable cause = cause(failure);
    String why =
        cause instanceof HttpTimeoutException
            ? "has not answered for "
                + posted.timeout().orElseThrow().toMillis() / 1000.0
                + " seconds"
            : "cannot be reached: " + cause;
    return RewardException.of(
        function, request, "failed: " + posted.uri() + " " + why + ".", failure);
  }

  private List<OptionalDouble> read(HttpResponse<String> response) {
    int status = response.statusCode();
    if (status >= MOVED && status < WRONG) {
      throw wrong(
          "sends elsewhere, to " + response.headers().firstValue("Location").orElse("nowhere"));
    }
    if (status != OK) {
      throw wrong("answers with status " + status + ": " + shown(response.body()));
    }
    JsonArray given = rewards(response.body());
    List<OptionalDouble> all = new ArrayList<>();
    for (JsonElement reward : given) {
      all.add(
          reward.isJsonNull()
              ? OptionalDouble.empty()
              : OptionalDouble.of(number(reward, all.size())));
    }
    return all;
  }

  private JsonArray rewards(String body) {
    try {
      JsonElement answer = JsonParser.parseString(body);
      if (answer instanceof JsonObject object && object.get("rewards") instanceof JsonArray given) {
        return given;
      }
    } catch (JsonParseException e) {
      // Told below.
    }
    throw wrong("must answer {\"rewards\": [...]}, found " + shown(body));
  }

  private double number(JsonElement reward, int row) {
    try {
      // Python writes NaN, which is told later as what it is.
      return reward.getAsDouble();
    } catch (IllegalStateException | UnsupportedOperationException | NumberFormatException e) {
      throw RewardException.at(
          function, request, row, "got " + reward + " from " + posted.uri() + ", no number.", e);
    }
  }

  private RewardException wrong(String problem) {
    return RewardException.of(function, request, "failed: " + posted.uri() + " " + problem + ".");
  }

  private static String shown(String body) {
    String text = body.strip();
    return text.isEmpty()
        ? "nothing"
        : text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }
}
