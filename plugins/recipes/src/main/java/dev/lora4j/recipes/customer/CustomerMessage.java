package dev.lora4j.recipes.customer;

import dev.lora4j.cli.console.Json;
import dev.lora4j.core.train.SeededNoise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A made message of a customer, with a topic, a mood and a haste. Phrases of messages to judge by
 * are others than those of messages to learn.
 *
 * @param text the message
 * @param classes its class by the name of the question
 */
record CustomerMessage(String text, Map<String, String> classes) {
  /** Questions that are asked of each message. */
  static final List<String> QUESTIONS = List.of("haste", "mood", "topic");

  private static final Map<String, SortedMap<String, List<String>>> LEARNED =
      Map.of(
          "topic",
          phrases(
              "billing",
              "the invoice shows the wrong amount;I was charged twice for my order;my card was billed"
                  + " although I cancelled;the price on the receipt is not what I agreed to",
              "delivery",
              "the parcel has not come yet;the courier left the box in the rain;my order went to the"
                  + " wrong address;tracking has not moved for a week",
              "technical",
              "the app crashes when I log in;the screen stays black after the update;I cannot connect"
                  + " the device to the network;the password link does nothing",
              "returns",
              "I want to send the shoes back;the jacket is too small and I would like another size;how"
                  + " do I get a label to return this;the lamp arrived broken and should be exchanged"),
          "mood",
          phrases(
              "angry",
              "This is outrageous.;I am furious with you.;I have had enough of this nonsense.;Your"
                  + " service is a disgrace.",
              "neutral",
              "Hello.;Good day.;I am writing about my account.;I have a question.",
              "pleased",
              "You have been wonderful so far.;I love your shop.;Thanks a lot for the kind help last"
                  + " time.;Great products, really."),
          "haste",
          phrases(
              "now",
              "I need this solved today.;Answer at once, please.;It must be done within the hour.;This"
                  + " cannot wait.",
              "soon",
              "Please look at it this week.;A reply in the next days would be good.;Within a few days"
                  + " is fine.;I hope to hear from you by Friday.",
              "whenever",
              "There is no hurry.;Take your time.;Whenever you get round to it.;It can wait until next"
                  + " month."));

  private static final Map<String, SortedMap<String, List<String>>> JUDGED =
      Map.of(
          "topic",
          phrases(
              "billing",
              "you took the money from my account two times;the sum on the bill is too high;I got a"
                  + " payment reminder for something I paid",
              "delivery",
              "the package was supposed to arrive on Monday;the driver never rang the bell;where is my"
                  + " shipment",
              "technical",
              "the program freezes at the start;nothing happens when I press the button;the Wi-Fi of"
                  + " the camera keeps dropping",
              "returns",
              "the trousers do not fit and I want to swap them;can I give the chair back;the vase came"
                  + " in pieces and I want a replacement"),
          "mood",
          phrases(
              "angry",
              "What a shameful way to treat people.;I am sick of your excuses.;Never was I treated so"
                  + " badly.",
              "neutral",
              "I would like to report something.;Here is a short note on my order.;Dear team.",
              "pleased",
              "I am so happy with your team.;Your staff are lovely.;What a fantastic company."),
          "haste",
          phrases(
              "now",
              "Do it immediately.;I expect an answer right away.;It is extremely urgent.",
              "soon",
              "Let me know in a couple of days.;By the end of the week would suit me.;Sometime in the"
                  + " coming days, please.",
              "whenever",
              "It is not urgent at all.;No rush.;Any time later is all right."));

  private static SortedMap<String, List<String>> phrases(String... pairs) {
    SortedMap<String, List<String>> all = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      all.put(pairs[i], List.of(pairs[i + 1].split(";")));
    }
    return all;
  }

  /** So many messages to learn. */
  static List<CustomerMessage> learned(int count, long seed) {
    return made(LEARNED, count, SeededNoise.of(seed, 1));
  }

  /** So many messages to judge by. */
  static List<CustomerMessage> judged(int count, long seed) {
    return made(JUDGED, count, SeededNoise.of(seed, 2));
  }

  private static List<CustomerMessage> made(
      Map<String, SortedMap<String, List<String>>> phrases, int count, SeededNoise noise) {
    List<CustomerMessage> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Map<String, String> classes = new TreeMap<>();
      Map<String, String> said = new TreeMap<>();
      for (String question : QUESTIONS) {
        SortedMap<String, List<String>> known = phrases.getOrDefault(question, new TreeMap<>());
        List<String> labels = List.copyOf(known.keySet());
        String label = labels.get(noise.index(labels.size()));
        List<String> ways = known.getOrDefault(label, List.of());
        classes.put(question, label);
        said.put(question, ways.get(noise.index(ways.size())));
      }
      String topic = said.getOrDefault("topic", "");
      String sentence = Character.toUpperCase(topic.charAt(0)) + topic.substring(1) + ".";
      all.add(
          new CustomerMessage(
              said.get("mood") + " " + sentence + " " + said.get("haste"), classes));
    }
    return all;
  }

  /** The message with its class for a question, as a line to train on. */
  Json line(String question) {
    return new Json().put("text", text).put("label", label(question));
  }

  /** Its class for a question. */
  String label(String question) {
    return classes.getOrDefault(question, "");
  }
}
