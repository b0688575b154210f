package dev.lora4j.testkit;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Reward functions that break their contract in one way, and all that lora4j has. */
class RewardContractsTest implements BrokenPromises {
  // Not named as tests are, so that a build does not run them by themselves.
  static final class Regex extends RewardFunctionContract {
    Regex() {
      super("regex:pattern=[0-9]+");
    }
  }

  static final class WholeRegex extends RewardFunctionContract {
    WholeRegex() {
      super("regex:pattern=(?s).*very.*,whole=true");
    }
  }

  static final class Json extends RewardFunctionContract {
    Json() {
      super("json");
    }
  }

  static final class Exact extends RewardFunctionContract {
    Exact() {
      super("exact");
    }
  }

  static final class ExactAfter extends RewardFunctionContract {
    ExactAfter() {
      super("exact:after=make,ignore_case=true");
    }
  }

  static final class Length extends RewardFunctionContract {
    Length() {
      super("length:most=5,limit=40");
    }
  }

  static final class Ended extends RewardFunctionContract {
    Ended() {
      super("ended");
    }
  }

  static final class Good extends RewardFunctionContract {
    Good() {
      super("test-letters:letter=a");
    }
  }

  static final class Ranks extends RewardFunctionContract {
    Ranks() {
      super("test-ranks");
    }

    @Override
    protected boolean judgesEachByItself() {
      return false;
    }
  }

  /** A program that counts characters. */
  static final class Http extends RewardFunctionContract {
    private static final String URL = serve();

    Http() {
      super("http:url=" + URL);
    }

    private static String serve() {
      try {
        HttpServer server =
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
            "/",
            exchange -> {
              try (exchange) {
                byte[] body = exchange.getRequestBody().readAllBytes();
                byte[] answer = judged(new String(body, StandardCharsets.UTF_8));
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
              }
            });
        server.start();
        return "http://localhost:" + server.getAddress().getPort();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static byte[] judged(String body) {
      JsonArray completions =
          JsonParser.parseString(body).getAsJsonObject().getAsJsonArray("completions");
      return StreamSupport.stream(completions.spliterator(), false)
          .map(each -> each.getAsString().isEmpty() ? "null" : "" + each.getAsString().length())
          .collect(Collectors.joining(", ", "{\"rewards\": [", "]}"))
          .getBytes(StandardCharsets.UTF_8);
    }
  }

  static final class Forgetting extends RewardFunctionContract {
    Forgetting() {
      super("test-short");
    }
  }

  static final class Dividing extends RewardFunctionContract {
    Dividing() {
      super("test-dividing");
    }
  }

  static final class Demanding extends RewardFunctionContract {
    Demanding() {
      super("test-demanding");
    }
  }

  static final class Tired extends RewardFunctionContract {
    Tired() {
      super("test-tired");
    }
  }

  static final class Comparing extends RewardFunctionContract {
    Comparing() {
      super("test-comparing");
    }
  }

  static final class First extends RewardFunctionContract {
    First() {
      super("test-first");
    }

    @Override
    protected boolean judgesEachByItself() {
      return false;
    }
  }

  static final class Mute extends RewardFunctionContract {
    Mute() {
      super("test-mute");
    }
  }

  static final class Renamed extends RewardFunctionContract {
    Renamed() {
      super("test-renamed");
    }
  }

  static final class Mumbling extends RewardFunctionContract {
    Mumbling() {
      super("test-mumbling");
    }
  }

  static final class Silent extends RewardFunctionContract {
    Silent() {
      super("test-silent");
    }

    @Override
    protected Duration patience() {
      return Duration.ofMillis(20);
    }
  }

  @Override
  public Map<Class<?>, Set<String>> contracts() {
    return Map.<Class<?>, Set<String>>ofEntries(
        Map.entry(Regex.class, Set.of()),
        Map.entry(WholeRegex.class, Set.of()),
        Map.entry(Json.class, Set.of()),
        Map.entry(Exact.class, Set.of()),
        Map.entry(ExactAfter.class, Set.of()),
        Map.entry(Length.class, Set.of()),
        Map.entry(Ended.class, Set.of()),
        Map.entry(Good.class, Set.of()),
        Map.entry(Ranks.class, Set.of()),
        Map.entry(Http.class, Set.of()),
        Map.entry(
            Forgetting.class,
            Set.of(
                "eachCompletionHasARewardOrNone",
                "oddCompletionsAreJudgedToo",
                "aCompletionIsJudgedByItself")),
        Map.entry(Dividing.class, Set.of("oddCompletionsAreJudgedToo")),
        Map.entry(Demanding.class, Set.of("oddCompletionsAreJudgedToo")),
        Map.entry(
            Tired.class,
            Set.of(
                "theSameRequestGivesTheSameRewards",
                "aCompletionIsJudgedByItself",
                "orderOfCompletionsDoesNotMatter")),
        Map.entry(Comparing.class, Set.of("aCompletionIsJudgedByItself")),
        Map.entry(First.class, Set.of("orderOfCompletionsDoesNotMatter")),
        Map.entry(Mute.class, Set.of("eachCompletionHasARewardOrNone")),
        Map.entry(Renamed.class, Set.of("nameIsTheOneItIsAskedForBy")),
        Map.entry(Mumbling.class, Set.of("canonicalFormIsTheSameEachTime")),
        Map.entry(
            Silent.class,
            Set.of(
                "eachCompletionHasARewardOrNone",
                "oddCompletionsAreJudgedToo",
                "aCompletionIsJudgedByItself",
                "orderOfCompletionsDoesNotMatter",
                "theSameRequestGivesTheSameRewards")));
  }
}
