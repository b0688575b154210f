import dev.lora4j.core.tensor.Engine;

class Main {
  public static void main(String[] arguments) {
    try (var engine = Engine.open()) {
      System.out.println(engine.version() + " on " + engine.threads() + " threads");
    }
  }
}
