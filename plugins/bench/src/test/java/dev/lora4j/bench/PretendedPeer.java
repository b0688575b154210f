package dev.lora4j.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Collections;

/** A peer's process. Its argument says what it does wrong. */
final class PretendedPeer {
  private PretendedPeer() {}

  public static void main(String... arguments) throws IOException {
    String fault = arguments.length == 0 ? "" : arguments[0];
    if (fault.equals("dies")) {
      System.err.println("first word");
      System.err.println("last word");
      System.exit(3);
    }
    if (fault.equals("unable")) {
      answer("{\"error\": \"The peer has no torch.\"}");
      return;
    }
    if (fault.equals("chatters")) {
      answer("Welcome!");
    }
    answer("{\"name\": \"pretended " + System.getenv("OMP_NUM_THREADS") + "\"}");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals("check")) {
        answer(fault.equals("mistakes") ? "{\"values\": \"none\"}" : "{\"values\": [0.5, NaN]}");
      } else if (fault.equals("leaves")) {
        return;
      } else if (line.startsWith("run ")) {
        int units = Integer.parseInt(line.substring(4)) - (fault.equals("skips") ? 1 : 0);
        answer("{\"seconds\": [" + String.join(", ", Collections.nCopies(units, "0.25")) + "]}");
      }
    }
  }

  private static void answer(String text) {
    System.out.println(text);
    System.out.flush();
  }
}
