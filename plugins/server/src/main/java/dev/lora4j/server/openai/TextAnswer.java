package dev.lora4j.server.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.lora4j.text.generate.TokenChoice;
import dev.lora4j.text.pipeline.Completion;
import java.util.List;

/**
 * JSON of answers to chats and completions.
 *
 * @param chat true for those of chats
 * @param id of the answer
 * @param created seconds since 1970
 * @param model as the request named it, or the base
 * @param probabilities writes log-probabilities, where a request asks for them
 */
record TextAnswer(
    boolean chat, String id, long created, String model, LogProbabilityJson probabilities) {
  /** The whole answer. */
  JsonObject whole(List<Completion> done, List<String> before) {
    JsonArray choices = new JsonArray();
    for (int i = 0; i < done.size(); i++) {
      JsonObject choice = new JsonObject();
      choice.addProperty("index", i);
      if (chat) {
        JsonObject message = new JsonObject();
        message.addProperty("role", "assistant");
        message.addProperty("content", done.get(i).text());
        message.add("refusal", JsonNull.INSTANCE);
        choice.add("message", message);
      } else {
        choice.addProperty("text", before.get(i) + done.get(i).text());
      }
      choice.add("logprobs", logProbabilities(done.get(i), chat ? "" : before.get(i)));
      choice.addProperty("finish_reason", reason(done.get(i)));
      choices.add(choice);
    }
    JsonObject answer = head(chat ? "chat.completion" : "text_completion");
    answer.add("choices", choices);
    answer.add("usage", usage(done));
    return answer;
  }

  /** The first event of a choice in a stream; chats alone have one. */
  JsonObject begin(int index) {
    JsonObject delta = new JsonObject();
    delta.addProperty("role", "assistant");
    delta.addProperty("content", "");
    return event(index, delta, "", false);
  }

  /** A piece of a choice in a stream. */
  JsonObject piece(int index, String text) {
    JsonObject delta = new JsonObject();
    delta.addProperty("content", text);
    return event(index, delta, text, false);
  }

  /** The last event of a choice in a stream. */
  JsonObject end(int index, Completion done) {
    JsonObject event = event(index, new JsonObject(), "", true);
    event
        .getAsJsonArray("choices")
        .get(0)
        .getAsJsonObject()
        .addProperty("finish_reason", reason(done));
    // A piece of text is no token, so those of a stream come together at its end.
    event
        .getAsJsonArray("choices")
        .get(0)
        .getAsJsonObject()
        .add("logprobs", logProbabilities(done, ""));
    return event;
  }

  /** The event of a stream that has no choices but the numbers of tokens. */
  JsonObject usageEvent(List<Completion> done) {
    JsonObject event = head(chat ? "chat.completion.chunk" : "text_completion");
    event.add("choices", new JsonArray());
    event.add("usage", usage(done));
    return event;
  }

  private JsonObject event(int index, JsonObject delta, String text, boolean last) {
    JsonObject choice = new JsonObject();
    choice.addProperty("index", index);
    if (chat) {
      choice.add("delta", delta);
    } else {
      choice.addProperty("text", text);
    }
    choice.add("logprobs", JsonNull.INSTANCE);
    if (!last) {
      choice.add("finish_reason", JsonNull.INSTANCE);
    }
    JsonArray choices = new JsonArray();
    choices.add(choice);
    JsonObject event = head(chat ? "chat.completion.chunk" : "text_completion");
    event.add("choices", choices);
    return event;
  }

  private JsonObject head(String kind) {
    JsonObject head = new JsonObject();
    head.addProperty("id", id);
    head.addProperty("object", kind);
    head.addProperty("created", created);
    head.addProperty("model", model);
    return head;
  }

  private JsonElement logProbabilities(Completion done, String before) {
    if (done.choices().isEmpty()) {
      return JsonNull.INSTANCE;
    }
    // The end token is no part of the text.
    boolean ended = done.ending() == Completion.Ending.END;
    int shown = done.choices().size() - (ended ? 1 : 0);
    List<TokenChoice> choices = done.choices().subList(0, shown);
    return chat ? probabilities.chat(choices) : probabilities.completion(choices, before.length());
  }

  private static String reason(Completion done) {
    return done.ending() == Completion.Ending.LENGTH ? "length" : "stop";
  }

  private static JsonObject usage(List<Completion> done) {
    int prompt = done.stream().mapToInt(Completion::promptTokens).sum();
    int added = done.stream().mapToInt(c -> c.tokens().size()).sum();
    JsonObject usage = new JsonObject();
    usage.addProperty("prompt_tokens", prompt);
    usage.addProperty("completion_tokens", added);
    usage.addProperty("total_tokens", prompt + added);
    return usage;
  }
}
