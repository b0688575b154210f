package dev.lora4j.testkit.command;

import dev.lora4j.testkit.BrokenPromises;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Commands that break their contract in one way: the test of that promise fails. */
class CommandContractsTest implements BrokenPromises {
  // Not named as tests are, so that a build does not run them by themselves.
  private abstract static class Greeting extends CommandContract {
    Greeting(String name) {
      super(name);
    }

    @Override
    protected List<String> words(Path folder) {
      return List.of("Ada");
    }
  }

  /** One of the program's own. */
  static final class PluginsCommand extends CommandContract {
    PluginsCommand() {
      super("plugins");
    }

    @Override
    protected List<String> words(Path folder) {
      return List.of("list", "--json", "--plugins=" + folder);
    }
  }

  static final class Greet extends Greeting {
    Greet() {
      super("greet");
    }
  }

  static final class Misnamed extends Greeting {
    Misnamed() {
      super("test-misnamed");
    }
  }

  static final class Silent extends Greeting {
    Silent() {
      super("test-silent");
    }
  }

  static final class Swallowing extends Greeting {
    Swallowing() {
      super("test-swallowing");
    }
  }

  static final class Failing extends Greeting {
    Failing() {
      super("test-failing");
    }
  }

  static final class Shouting extends Greeting {
    Shouting() {
      super("test-shouting");
    }
  }

  static final class Fickle extends Greeting {
    Fickle() {
      super("test-fickle");
    }
  }

  @Override
  public Map<Class<?>, Set<String>> contracts() {
    return Map.<Class<?>, Set<String>>ofEntries(
        Map.entry(PluginsCommand.class, Set.of()),
        Map.entry(Greet.class, Set.of()),
        Map.entry(Misnamed.class, Set.of("nameIsTheListedOne")),
        Map.entry(Silent.class, Set.of("helpDescribesEveryArgument")),
        Map.entry(Swallowing.class, Set.of("unknownOptionsAreRefusedBeforeTheWork")),
        Map.entry(Failing.class, Set.of("commandDoesItsWork")),
        Map.entry(Shouting.class, Set.of("outputGoesToTheConsole")),
        Map.entry(Fickle.class, Set.of("sameArgumentsGiveTheSameResult")));
  }
}
