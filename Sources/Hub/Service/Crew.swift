import Contract

/// The parts of a hub that run, brought to what a roster asks for. Used from one task alone.
struct Crew {
  private struct Member {
    let terms: Roster.Terms
    let task: Task<Void, Never>
  }

  let context: HubContext
  private var members: [Roster.Post: Member] = [:]
  /// Those that were told to end and may still be finishing.
  private var leaving: [Task<Void, Never>] = []

  init(context: HubContext) { self.context = context }

  /// Ends what shall not run any more, and begins what shall. Returns at once: each part finishes what it has under way.
  mutating func follow(_ roster: Roster) {
    for (post, member) in members where roster.posts[post] != member.terms {
      member.task.cancel()
      members[post] = nil
      guard let terms = roster.posts[post] else {
        leaving.append(member.task)
        continue
      }
      let before = member.task
      members[post] = start(post, terms, after: before)
    }
    for (post, terms) in roster.posts where members[post] == nil { members[post] = start(post, terms, after: nil) }
  }

  /// Ends all of them and returns once they have ended.
  mutating func end() async {
    for member in members.values { member.task.cancel() }
    for member in members.values { await member.task.value }
    for task in leaving { await task.value }
    members = [:]
    leaving = []
  }

  private func start(_ post: Roster.Post, _ terms: Roster.Terms, after: Task<Void, Never>?) -> Member {
    let context = context
    let task = Task {
      // Two of them would do no harm, and count against limits twice.
      await after?.value
      guard !Task.isCancelled else { return }
      switch post {
      case .intake(let agency): await IntakeWorker(agency: agency, lanes: terms.lanes, context: context).run()
      case .outlet(let agency): await Outlet(agency: agency, lanes: terms.lanes, context: context).run()
      }
    }
    return Member(terms: terms, task: task)
  }
}
