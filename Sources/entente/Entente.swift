import Commands

/// The program `entente`: everything it does lives in the target `Commands`.
@main
enum Entente {
  static func main() async {
    await EntenteCommand.runAndExit()
  }
}
